"""What the app keeps on disk: private folders, uploads, references to data, and the codec of jobs."""
