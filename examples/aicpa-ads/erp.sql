-- The general ledger as the source system holds it: the names of the extract's header, the types of SAP's table fields.
-- An empty field of the CSV becomes null, because copy ... (format csv) reads an unquoted empty field as null; the file quotes nothing.
create table public.gl_detail (
  "Journal_ID" varchar(10) not null,
  "Journal_ID_Line_Number" integer not null,
  "JE_Line_Description" varchar(50),
  "Business_Unit_Code" varchar(4),
  -- Dates are SAP DATS: yyyymmdd; 19000101 stands for "none".
  "Effective_Date" char(8),
  "Fiscal_Year" char(4),
  "GL_Account_Number" varchar(10) not null,
  "Amount" numeric(18, 2) not null,
  -- S (Soll) is debit, H (Haben) is credit.
  "Amount_Credit_Debit_Indicator" char(1) not null,
  "Amount_Currency" varchar(5) not null,
  -- The space is in the extract's header.
  "JE_Header_ Description" varchar(25),
  "Source" varchar(2),
  "Entered_By" varchar(12),
  "Document_Date" char(8),
  "Entered_Date" char(8),
  -- SAP TIMS is char(6) hhmmss; the extract lost the leading zero (9:53:21 is 95321), kept as received.
  "Entered_Time" varchar(6),
  "Period" varchar(2),
  primary key ("Journal_ID", "Journal_ID_Line_Number")
);
