"""What is looked for on a page that stands open in a browser. Each check gives what is wrong, one line each."""
