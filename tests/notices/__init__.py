"""What is known of a notice apart from its policy folder: a folder for each."""
