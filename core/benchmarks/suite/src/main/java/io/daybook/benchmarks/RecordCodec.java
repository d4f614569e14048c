package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.daybook.benchmarks.OrderEvent.ItemAdded;
import io.daybook.benchmarks.OrderEvent.OrderCreated;
import java.io.IOException;

/** A codec that uses Jackson for records, with readers and writers that are created once. */
record RecordCodec(
        ObjectWriter createdWriter, ObjectReader createdReader, ObjectWriter addedWriter, ObjectReader addedReader)
        implements Floor.Codec {

    RecordCodec(ObjectMapper mapper) {
        this(
                mapper.writerFor(OrderCreated.class),
                mapper.readerFor(OrderCreated.class),
                mapper.writerFor(ItemAdded.class),
                mapper.readerFor(ItemAdded.class));
    }

    @Override
    public byte[] write(OrderEvent event) throws IOException {
        return (event instanceof OrderCreated ? createdWriter : addedWriter).writeValueAsBytes(event);
    }

    @Override
    public OrderEvent read(boolean first, byte[] json) throws IOException {
        return (first ? createdReader : addedReader).readValue(json);
    }
}
