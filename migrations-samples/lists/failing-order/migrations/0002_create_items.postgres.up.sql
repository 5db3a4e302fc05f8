CREATE TABLE items (
  id integer NOT NULL,
  list_id integer NOT NULL,
  text varchar(200) NOT NULL,
  CONSTRAINT pk_items PRIMARY KEY (id),
  CONSTRAINT fk_items_lists FOREIGN KEY (list_id) REFERENCES lists (id)
);
