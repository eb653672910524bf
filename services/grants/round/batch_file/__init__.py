"""A batch file as a table, CSV or one sheet of XLSX, read strictly and in a process of its own."""
