"""Who the customers are, where we meet them and what passed between us."""
