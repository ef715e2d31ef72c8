"""`goqueue doctor`: what is reachable, what it is like, and what to do where something is wrong."""
