"""What is deployed: three services, and the ground floors they stand on."""
