"""What the shop's website and its jobs share. GoQueue does not mind the name: it has no package called common."""
