"""How the agencies reported goes in; the papers that a director signs or a coordinator keeps come out, as Word and Excel."""
