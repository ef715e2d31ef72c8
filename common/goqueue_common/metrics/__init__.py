"""What Prometheus is told: counts that survive the processes that count, and the page that shows them."""
