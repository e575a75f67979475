"""What documents say: files, scans and pictures of letters."""
