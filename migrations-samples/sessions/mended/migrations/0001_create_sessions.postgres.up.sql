CREATE TABLE sessions (
  id integer NOT NULL,
  user_name varchar(100) NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (id)
);
