package io.daybook.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.daybook.benchmarks.OrderEvent.Address;
import io.daybook.benchmarks.OrderEvent.Item;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import io.daybook.json.InstantText;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A handwritten streaming parser for exactly these events. */
final class StreamingCodec implements Floor.Codec {

    private final JsonFactory factory = new JsonFactory();

    @Override
    public byte[] write(OrderEvent event) throws IOException {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(factory._getBufferRecycler())) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                switch (event) {
                    case OrderCreated created -> {
                        json.writeStringField("orderId", created.orderId());
                        json.writeStringField("customerId", created.customerId());
                        json.writeArrayFieldStart("items");
                        for (Item item : created.items()) {
                            json.writeStartObject();
                            json.writeStringField("productId", item.productId());
                            json.writeNumberField("quantity", item.quantity());
                            json.writeNumberField("unitPrice", item.unitPrice());
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                        json.writeNumberField("totalAmount", created.totalAmount());
                        json.writeObjectFieldStart("shippingAddress");
                        json.writeStringField(
                                "street", created.shippingAddress().street());
                        json.writeStringField("city", created.shippingAddress().city());
                        json.writeStringField("state", created.shippingAddress().state());
                        json.writeStringField("zip", created.shippingAddress().zip());
                        json.writeEndObject();
                        json.writeStringField("createdAt", InstantText.format(created.createdAt()));
                    }
                    case ItemAdded added -> {
                        json.writeStringField("orderId", added.orderId());
                        json.writeStringField("productId", added.productId());
                        json.writeNumberField("quantity", added.quantity());
                        json.writeNumberField("unitPrice", added.unitPrice());
                        json.writeStringField("addedAt", InstantText.format(added.addedAt()));
                    }
                }
                json.writeEndObject();
            }
            return bytes.toByteArray();
        }
    }

    @Override
    public OrderEvent read(boolean first, byte[] json) throws IOException {
        try (JsonParser parser = factory.createParser(json)) {
            parser.nextToken();
            return first ? created(parser) : added(parser);
        }
    }

    private static OrderCreated created(JsonParser json) throws IOException {
        String orderId = "";
        String customerId = "";
        List<Item> items = new ArrayList<>();
        BigDecimal totalAmount = BigDecimal.ZERO;
        Address address = null;
        Instant createdAt = Instant.EPOCH;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "orderId" -> orderId = json.getText();
                case "customerId" -> customerId = json.getText();
                case "items" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        items.add(item(json));
                    }
                }
                case "totalAmount" -> totalAmount = json.getDecimalValue();
                case "shippingAddress" -> address = address(json);
                case "createdAt" -> createdAt = InstantText.parse(json.getText());
                default -> json.skipChildren();
            }
        }
        return new OrderCreated(orderId, customerId, items, totalAmount, address, createdAt);
    }

    private static Item item(JsonParser json) throws IOException {
        String productId = "";
        int quantity = 0;
        BigDecimal unitPrice = BigDecimal.ZERO;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "productId" -> productId = json.getText();
                case "quantity" -> quantity = json.getIntValue();
                case "unitPrice" -> unitPrice = json.getDecimalValue();
                default -> json.skipChildren();
            }
        }
        return new Item(productId, quantity, unitPrice);
    }

    private static Address address(JsonParser json) throws IOException {
        String street = "";
        String city = "";
        String state = "";
        String zip = "";
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "street" -> street = json.getText();
                case "city" -> city = json.getText();
                case "state" -> state = json.getText();
                case "zip" -> zip = json.getText();
                default -> json.skipChildren();
            }
        }
        return new Address(street, city, state, zip);
    }

    private static ItemAdded added(JsonParser json) throws IOException {
        String orderId = "";
        String productId = "";
        int quantity = 0;
        BigDecimal unitPrice = BigDecimal.ZERO;
        Instant addedAt = Instant.EPOCH;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "orderId" -> orderId = json.getText();
                case "productId" -> productId = json.getText();
                case "quantity" -> quantity = json.getIntValue();
                case "unitPrice" -> unitPrice = json.getDecimalValue();
                case "addedAt" -> addedAt = InstantText.parse(json.getText());
                default -> json.skipChildren();
            }
        }
        return new ItemAdded(orderId, productId, quantity, unitPrice, addedAt);
    }
}
