-- The second and later ones of a text get their number: "milk", "milk (2)", "milk (3)".
UPDATE items
   SET text = items.text + N' (' + CAST(numbered.place AS nvarchar(10)) + N')'
  FROM dbo.items AS items
  JOIN (SELECT id, ROW_NUMBER() OVER (PARTITION BY list_id, text ORDER BY id) AS place FROM dbo.items) AS numbered
    ON numbered.id = items.id
 WHERE numbered.place > 1;
