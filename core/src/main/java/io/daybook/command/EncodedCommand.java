package io.daybook.command;

/**
 * A command encoded as JSON, with the name and version of its type. Returned by {@link CommandBus#encode
 * CommandBus.encode}. Its {@link #toString()} omits the JSON, which may contain personal data.
 *
 * <pre>{@code
 * EncodedCommand encoded = bus.encode(new ShipOrder("42", "1Z999"));
 * bus.send(encoded, metadata); // perhaps later, by a newer version of the program
 * }</pre>
 *
 * @param type the name of the command type
 * @param version the version of the JSON, from 1
 * @param json a JSON object
 */
public record EncodedCommand(String type, int version, String json) {

    @Override
    public String toString() {
        return "EncodedCommand[" + type + " v" + version + "]";
    }
}
