"""`goqueue demo`: real jobs of every built-in type on a local stack, each checked from outside, then a clean stop."""
