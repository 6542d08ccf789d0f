// What will be said to the customer, and how it may be heard.
