 \restrict x
\c x
SELECT 1 \gset p
\copy t from stdin
1
\.
SELECT E'a\';', U&'\0041', 1and 2 \g
\q
