"""What a job costs however many others wait, have ended, are being pruned, or are held by an old snapshot."""
