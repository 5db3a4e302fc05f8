CREATE TABLE lists (
  id integer NOT NULL,
  title varchar(100) NOT NULL,
  CONSTRAINT pk_lists PRIMARY KEY (id)
);
