"""The service described: headers, examples, names and refusals as OpenAPI tells them."""
