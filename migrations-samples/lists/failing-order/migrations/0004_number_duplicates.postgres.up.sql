-- The second and later ones of a text get their number: "milk", "milk (2)", "milk (3)".
UPDATE items
   SET text = items.text || ' (' || numbered.place || ')'
  FROM (SELECT id, row_number() OVER (PARTITION BY list_id, text ORDER BY id) AS place FROM items) AS numbered
 WHERE numbered.id = items.id
   AND numbered.place > 1;
