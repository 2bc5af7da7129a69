//! Actions that AWS's reference still lists and that AWS no longer answers to.
//!
//! Invariant: no source marks them, so this table is kept by hand from AWS's announcements; every replacement is an
//! action of the catalogue.

/// An action that grants nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Its full name.
    pub action: &'static str,
    /// Since when, as far as AWS says: `YYYY-MM`.
    pub since: &'static str,
    /// Patterns of what gives the same access today.
    pub replacements: &'static [&'static str],
}

/// The billing actions that reached the end of support (AWS Billing User Guide, "Mapping fine-grained IAM actions").
static RETIRED: &[Retired] = &[
    billing(
        "aws-portal:ModifyAccount",
        &[
            "account:CloseAccount",
            "account:DeleteAlternateContact",
            "account:PutAlternateContact",
            "account:PutContactInformation",
            "billing:PutContractInformation",
            "billing:UpdateIAMAccessPreference",
            "payments:UpdatePaymentPreferences",
        ],
    ),
    billing(
        "aws-portal:ModifyBilling",
        &[
            "billing:PutContractInformation",
            "billing:RedeemCredits",
            "billing:UpdateBillingPreferences",
            "ce:UpdatePreferences",
            "cur:PutClassicReportPreferences",
            "freetier:PutFreeTierAlertPreference",
            "invoicing:PutInvoiceEmailDeliveryPreferences",
            "payments:UpdatePaymentPreferences",
            "tax:PutTaxInheritance",
            "tax:PutTaxRegistration",
            "tax:DeleteTaxRegistration",
        ],
    ),
    billing(
        "aws-portal:ModifyPaymentMethods",
        &[
            "payments:CreatePaymentInstrument",
            "payments:DeletePaymentInstrument",
            "payments:MakePayment",
            "payments:UpdatePaymentPreferences",
        ],
    ),
    billing(
        "aws-portal:ViewAccount",
        &[
            "account:GetAccountInformation",
            "account:GetAlternateContact",
            "account:GetContactInformation",
            "billing:GetContractInformation",
            "billing:GetIAMAccessPreference",
            "billing:GetSellerOfRecord",
            "payments:ListPaymentPreferences",
        ],
    ),
    billing(
        "aws-portal:ViewBilling",
        &[
            "account:GetAccountInformation",
            "billing:Get*",
            "ce:Describe*",
            "ce:Get*",
            "ce:List*",
            "consolidatedbilling:Get*",
            "consolidatedbilling:List*",
            "cur:GetClassicReport*",
            "freetier:Get*",
            "invoicing:Get*",
            "invoicing:ListInvoiceSummaries",
            "payments:Get*",
            "payments:ListPaymentPreferences",
            "tax:Get*",
            "tax:ListTaxRegistrations",
        ],
    ),
    billing(
        "aws-portal:ViewPaymentMethods",
        &[
            "account:GetAccountInformation",
            "invoicing:GetInvoicePDF",
            "payments:GetPaymentInstrument",
            "payments:GetPaymentStatus",
            "payments:ListPaymentPreferences",
        ],
    ),
    billing("aws-portal:ViewUsage", &["cur:GetUsageReport"]),
    billing(
        "purchase-orders:ModifyPurchaseOrders",
        &[
            "purchase-orders:AddPurchaseOrder",
            "purchase-orders:DeletePurchaseOrder",
            "purchase-orders:UpdatePurchaseOrder",
            "purchase-orders:UpdatePurchaseOrderStatus",
        ],
    ),
    billing(
        "purchase-orders:ViewPurchaseOrders",
        &[
            "invoicing:GetInvoicePDF",
            "payments:ListPaymentPreferences",
            "purchase-orders:GetPurchaseOrder",
            "purchase-orders:ListPurchaseOrderInvoices",
            "purchase-orders:ListPurchaseOrders",
        ],
    ),
];

const fn billing(action: &'static str, replacements: &'static [&'static str]) -> Retired {
    Retired {
        action,
        since: "2023-07",
        replacements,
    }
}

/// The retired action of exactly this full name, without regard to case.
#[must_use]
pub fn retired(action: &str) -> Option<&'static Retired> {
    RETIRED.iter().find(|each| each.action.eq_ignore_ascii_case(action))
}

/// Every retired action.
pub fn retired_actions() -> impl Iterator<Item = &'static Retired> {
    RETIRED.iter()
}
