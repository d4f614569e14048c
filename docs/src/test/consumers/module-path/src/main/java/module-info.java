/** A service in a named module. */
module com.example.cart {
    requires com.azure.cosmos;
    requires com.azure.messaging.servicebus;
    requires io.daybook.core;
    requires io.daybook.cosmos;
    requires io.daybook.servicebus;
    requires jdk.httpserver; // for the tests

    opens com.example.cart to
            com.fasterxml.jackson.databind; // reads and writes the events, commands and snapshots
}
