"""What keeps the queue in order, one duty a module, done by whichever worker holds the maintenance lease."""
