"""What the pages of the course share on screen."""
