//! What is in the types of the schemas that are read: the order of ISO 20022's sequences, in the words of `pain.001.001.09.xsd`,
//! `camt.053.001.08.xsd` and `camt.054.001.08.xsd`.

use crate::element::Times::{Any, Once, Optional, Several, UpTo};
use crate::element::{Choice, Sequence};

/// The type `CustomerCreditTransferInitiationV09`.
pub(crate) const INITIATION: Sequence = &[("GrpHdr", Once), ("PmtInf", Several), ("SplmtryData", Any)];
/// The type `GroupHeader85`.
pub(crate) const INITIATION_HEADER: Sequence = &[
    ("MsgId", Once),
    ("CreDtTm", Once),
    ("Authstn", UpTo(2)),
    ("NbOfTxs", Once),
    ("CtrlSum", Optional),
    ("InitgPty", Once),
    ("FwdgAgt", Optional),
];
/// The type `PaymentInstruction30`.
pub(crate) const PAYMENT: Sequence = &[
    ("PmtInfId", Once),
    ("PmtMtd", Once),
    ("BtchBookg", Optional),
    ("NbOfTxs", Optional),
    ("CtrlSum", Optional),
    ("PmtTpInf", Optional),
    ("ReqdExctnDt", Once),
    ("PoolgAdjstmntDt", Optional),
    ("Dbtr", Once),
    ("DbtrAcct", Once),
    ("DbtrAgt", Once),
    ("DbtrAgtAcct", Optional),
    ("InstrForDbtrAgt", Optional),
    ("UltmtDbtr", Optional),
    ("ChrgBr", Optional),
    ("ChrgsAcct", Optional),
    ("ChrgsAcctAgt", Optional),
    ("CdtTrfTxInf", Several),
];
/// The type `CreditTransferTransaction34`.
pub(crate) const CREDIT_TRANSFER: Sequence = &[
    ("PmtId", Once),
    ("PmtTpInf", Optional),
    ("Amt", Once),
    ("XchgRateInf", Optional),
    ("ChrgBr", Optional),
    ("ChqInstr", Optional),
    ("UltmtDbtr", Optional),
    ("IntrmyAgt1", Optional),
    ("IntrmyAgt1Acct", Optional),
    ("IntrmyAgt2", Optional),
    ("IntrmyAgt2Acct", Optional),
    ("IntrmyAgt3", Optional),
    ("IntrmyAgt3Acct", Optional),
    ("CdtrAgt", Optional),
    ("CdtrAgtAcct", Optional),
    ("Cdtr", Optional),
    ("CdtrAcct", Optional),
    ("UltmtCdtr", Optional),
    ("InstrForCdtrAgt", Any),
    ("InstrForDbtrAgt", Optional),
    ("Purp", Optional),
    ("RgltryRptg", UpTo(10)),
    ("Tax", Optional),
    ("RltdRmtInf", UpTo(10)),
    ("RmtInf", Optional),
    ("SplmtryData", Any),
];
/// The type `PaymentTypeInformation26`.
pub(crate) const PAYMENT_TYPE: Sequence =
    &[("InstrPrty", Optional), ("SvcLvl", Any), ("LclInstrm", Optional), ("CtgyPurp", Optional)];
/// The type `ServiceLevel8Choice`.
pub(crate) const SERVICE_LEVEL: Choice = &["Cd", "Prtry"];
/// The type `LocalInstrument2Choice`.
pub(crate) const LOCAL_INSTRUMENT: Choice = &["Cd", "Prtry"];
/// The type `PaymentIdentification6`.
pub(crate) const PAYMENT_ID: Sequence = &[("InstrId", Optional), ("EndToEndId", Once), ("UETR", Optional)];
/// The type `AmountType4Choice`.
pub(crate) const AMOUNT_TYPE: Choice = &["InstdAmt", "EqvtAmt"];
/// The type `PartyIdentification135`.
pub(crate) const PARTY: Sequence = &[
    ("Nm", Optional),
    ("PstlAdr", Optional),
    ("Id", Optional),
    ("CtryOfRes", Optional),
    ("CtctDtls", Optional),
];
/// The type `CashAccount38`.
pub(crate) const ACCOUNT: Sequence =
    &[("Id", Once), ("Tp", Optional), ("Ccy", Optional), ("Nm", Optional), ("Prxy", Optional)];
/// The type `AccountIdentification4Choice`.
pub(crate) const ACCOUNT_ID: Choice = &["IBAN", "Othr"];
/// The type `BranchAndFinancialInstitutionIdentification6`.
pub(crate) const AGENT: Sequence = &[("FinInstnId", Once), ("BrnchId", Optional)];
/// The type `FinancialInstitutionIdentification18`.
pub(crate) const INSTITUTION: Sequence = &[
    ("BICFI", Optional),
    ("ClrSysMmbId", Optional),
    ("LEI", Optional),
    ("Nm", Optional),
    ("PstlAdr", Optional),
    ("Othr", Optional),
];
/// The type `DateAndDateTime2Choice`.
pub(crate) const DATE: Choice = &["Dt", "DtTm"];
/// The type `BankToCustomerStatementV08`.
pub(crate) const STATEMENTS: Sequence = &[("GrpHdr", Once), ("Stmt", Several), ("SplmtryData", Any)];
/// The type `BankToCustomerDebitCreditNotificationV08`.
pub(crate) const NOTIFICATIONS: Sequence = &[("GrpHdr", Once), ("Ntfctn", Several), ("SplmtryData", Any)];
/// The type `GroupHeader81`.
pub(crate) const REPORT_HEADER: Sequence = &[
    ("MsgId", Once),
    ("CreDtTm", Once),
    ("MsgRcpt", Optional),
    ("MsgPgntn", Optional),
    ("OrgnlBizQry", Optional),
    ("AddtlInf", Optional),
];
/// The type `AccountStatement9`.
pub(crate) const STATEMENT: Sequence = &[
    ("Id", Once),
    ("StmtPgntn", Optional),
    ("ElctrncSeqNb", Optional),
    ("RptgSeq", Optional),
    ("LglSeqNb", Optional),
    ("CreDtTm", Optional),
    ("FrToDt", Optional),
    ("CpyDplctInd", Optional),
    ("RptgSrc", Optional),
    ("Acct", Once),
    ("RltdAcct", Optional),
    ("Intrst", Any),
    ("Bal", Several),
    ("TxsSummry", Optional),
    ("Ntry", Any),
    ("AddtlStmtInf", Optional),
];
/// The type `AccountNotification17`.
pub(crate) const NOTIFICATION: Sequence = &[
    ("Id", Once),
    ("NtfctnPgntn", Optional),
    ("ElctrncSeqNb", Optional),
    ("RptgSeq", Optional),
    ("LglSeqNb", Optional),
    ("CreDtTm", Optional),
    ("FrToDt", Optional),
    ("CpyDplctInd", Optional),
    ("RptgSrc", Optional),
    ("Acct", Once),
    ("RltdAcct", Optional),
    ("Intrst", Any),
    ("TxsSummry", Optional),
    ("Ntry", Any),
    ("AddtlNtfctnInf", Optional),
];
/// The type `CashAccount39`.
pub(crate) const REPORT_ACCOUNT: Sequence = &[
    ("Id", Once),
    ("Tp", Optional),
    ("Ccy", Optional),
    ("Nm", Optional),
    ("Prxy", Optional),
    ("Ownr", Optional),
    ("Svcr", Optional),
];
/// The type `CashBalance8`.
pub(crate) const BALANCE: Sequence =
    &[("Tp", Once), ("CdtLine", Any), ("Amt", Once), ("CdtDbtInd", Once), ("Dt", Once), ("Avlbty", Any)];
/// The type `BalanceType13`.
pub(crate) const BALANCE_TYPE: Sequence = &[("CdOrPrtry", Once), ("SubTp", Optional)];
/// The type `BalanceType10Choice`.
pub(crate) const BALANCE_CODE: Choice = &["Cd", "Prtry"];
/// The type `ReportEntry10`.
pub(crate) const ENTRY: Sequence = &[
    ("NtryRef", Optional),
    ("Amt", Once),
    ("CdtDbtInd", Once),
    ("RvslInd", Optional),
    ("Sts", Once),
    ("BookgDt", Optional),
    ("ValDt", Optional),
    ("AcctSvcrRef", Optional),
    ("Avlbty", Any),
    ("BkTxCd", Once),
    ("ComssnWvrInd", Optional),
    ("AddtlInfInd", Optional),
    ("AmtDtls", Optional),
    ("Chrgs", Optional),
    ("TechInptChanl", Optional),
    ("Intrst", Optional),
    ("CardTx", Optional),
    ("NtryDtls", Any),
    ("AddtlNtryInf", Optional),
];
/// The type `EntryStatus1Choice`.
pub(crate) const STATUS: Choice = &["Cd", "Prtry"];
/// The type `EntryDetails9`.
pub(crate) const DETAILS: Sequence = &[("Btch", Optional), ("TxDtls", Any)];
/// The type `EntryTransaction10`.
pub(crate) const TRANSACTION: Sequence = &[
    ("Refs", Optional),
    ("Amt", Optional),
    ("CdtDbtInd", Optional),
    ("AmtDtls", Optional),
    ("Avlbty", Any),
    ("BkTxCd", Optional),
    ("Chrgs", Optional),
    ("Intrst", Optional),
    ("RltdPties", Optional),
    ("RltdAgts", Optional),
    ("LclInstrm", Optional),
    ("Purp", Optional),
    ("RltdRmtInf", UpTo(10)),
    ("RmtInf", Optional),
    ("RltdDts", Optional),
    ("RltdPric", Optional),
    ("RltdQties", Any),
    ("FinInstrmId", Optional),
    ("Tax", Optional),
    ("RtrInf", Optional),
    ("CorpActn", Optional),
    ("SfkpgAcct", Optional),
    ("CshDpst", Any),
    ("CardTx", Optional),
    ("AddtlTxInf", Optional),
    ("SplmtryData", Any),
];
/// The type `TransactionReferences6`.
pub(crate) const REFERENCES: Sequence = &[
    ("MsgId", Optional),
    ("AcctSvcrRef", Optional),
    ("PmtInfId", Optional),
    ("InstrId", Optional),
    ("EndToEndId", Optional),
    ("UETR", Optional),
    ("TxId", Optional),
    ("MndtId", Optional),
    ("ChqNb", Optional),
    ("ClrSysRef", Optional),
    ("AcctOwnrTxId", Optional),
    ("AcctSvcrTxId", Optional),
    ("MktInfrstrctrTxId", Optional),
    ("PrcgId", Optional),
    ("Prtry", Any),
];
/// `Document` of `camt.053.001.08`.
pub(crate) const STATEMENT_ROOT: Sequence = &[("BkToCstmrStmt", Once)];
/// `Document` of `camt.054.001.08`.
pub(crate) const NOTIFICATION_ROOT: Sequence = &[("BkToCstmrDbtCdtNtfctn", Once)];
/// The type `DateTimePeriod1`.
pub(crate) const PERIOD: Sequence = &[("FrDtTm", Once), ("ToDtTm", Once)];
/// The type `Pagination1`.
pub(crate) const PAGINATION: Sequence = &[("PgNb", Once), ("LastPgInd", Once)];
/// `GenericAccountIdentification1` and `GenericFinancialIdentification1`.
pub(crate) const GENERIC: Sequence = &[("Id", Once), ("SchmeNm", Optional), ("Issr", Optional)];
