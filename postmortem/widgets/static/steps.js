// The steps with the customer, and handing over.
