package io.daybook.servicebus.testserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Acknowledges the TCP segments of a client at once, where Netty's epoll transport can. The SDK does not set {@code TCP_NODELAY}: it
 * sends a second small segment only after the first is acknowledged, and Linux delays that by 40 ms.
 */
final class PromptAcknowledgments extends ChannelInboundHandlerAdapter {

    private final EpollSocketChannel channel;

    private PromptAcknowledgments(EpollSocketChannel channel) {
        this.channel = channel;
    }

    static void enable(RemotingConnection connection) {
        if (connection.getTransportConnection() instanceof NettyConnection netty
                && netty.getNettyChannel() instanceof EpollSocketChannel channel) {
            channel.pipeline().addFirst(new PromptAcknowledgments(channel));
        }
    }

    /** The kernel keeps the option for a while only. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        channel.config().setTcpQuickAck(true);
        context.fireChannelRead(message);
    }
}
