"""GoQueue and the job queues that others use, side by side on the same work."""
