"""Reports: the figures of a period of jobs, and the forms in which they are shown."""
