ALTER TABLE items DROP CONSTRAINT uq_items_text;
