// What of the page is loaded by those only who open it, and counted apart.

/** Parts of payments, each loaded by who opens it and by nobody else: what it is, its files, and its most bytes by gzip. */
export const PARTS = [
  // What an account has, and what the other parts share with it. They have 10,806.
  ["payments", /^assets\/(Payments|streams|Terms|Price|pay)-/, 12_000],
  // With the pictures of streams and agreements. They have 3,855.
  ["a stream", /^assets\/(Stream|pictures)-/, 4_500],
  ["an agreement", /^assets\/Agreement-/, 4_500],
  ["paying a link", /^assets\/Invoice-/, 3_500],
  // With the QR code. They have 6,435.
  ["selling", /^assets\/Selling-/, 7_500],
  // With what selling shares. They have 4,167.
  ["a new agreement", /^assets\/(NewAgreement|Token|making)-/, 5_000],
];
