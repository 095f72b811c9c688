namespace DlGen.Tests;

public class DroppedChannelTests
{
    private const int Rows = 400, Channels = 8, Pixels = 15;

    /// <summary>All pixels of a channel go or stay together, each channel of each row by itself; predictions keep all.</summary>
    [Fact]
    public void A_channel_is_dropped_whole_or_grows()
    {
        var model = new Channelled();
        float[] ones = [.. Enumerable.Repeat(1f, Rows * Channels * Pixels)];
        var pass = model.CreatePass(Rows);
        float[] seen = pass.Forward(ones).ToArray();
        var channels = seen.Chunk(Pixels).ToArray();
        Assert.All(channels, channel => Assert.Single(channel.Distinct()));
        Assert.Equal([0f, 1 / 0.75f], channels.Select(channel => channel[0]).Distinct().Order());
        Assert.InRange(channels.Count(channel => channel[0] == 0), (int)(0.2 * channels.Length), (int)(0.3 * channels.Length));
        // Rows and channels are drawn apart: all rows alike, or all channels, would be dropped the same way.
        Assert.True(channels.Chunk(Channels).Select(row => string.Concat(row.Select(c => c[0] == 0 ? '0' : '1'))).Distinct().Count() > 50);
        Assert.Equal(ones, model.Predict(ones));
    }
}
