//! The facts of a day are kept as they are: they are read far more often than they are written, and unpacking them costs more than
//! the third of their size that packing saves. Days that are packed already stay so until they are counted again.

crate::dialect::sql_migration! {"
--postgres
ALTER TABLE metric_days ALTER COLUMN block SET STORAGE EXTERNAL;
--end
"}
