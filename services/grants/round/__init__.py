"""Many awards proposed and approved in one transaction, per-capita files, the look ahead."""
