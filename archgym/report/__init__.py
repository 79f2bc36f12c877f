"""The page that says what a sweep found."""
