ALTER TABLE items ADD CONSTRAINT uq_items_text UNIQUE (list_id, text);
