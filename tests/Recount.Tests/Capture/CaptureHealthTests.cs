namespace Recount.Tests.Capture;

public sealed class CaptureHealthTests
{
    [Fact]
    public async Task A_node_that_takes_chunks_is_ready()
    {
        await using var host = await CaptureHost.StartAsync();

        (await host.SendAsync(CaptureHost.Path())).Dispose();

        Assert.True(host.Health.Ready);
    }

    [Fact]
    public async Task A_node_whose_disk_is_almost_full_is_not_ready_and_says_what_is_free()
    {
        await using var host = await CaptureHost.StartAsync(("Capture:DiskReserve", "4000 TiB"));

        Assert.False(host.Health.Ready);
        Assert.Equal("disk_reserve", host.Health.State);
        Assert.Contains("4000 TiB is kept", host.Health.Detail);
    }

    [Fact]
    public async Task A_node_that_cannot_write_its_intake_is_not_ready()
    {
        await using var host = await CaptureHost.StartAsync();
        host.Files.IsFailing = true;

        (await host.SendAsync(CaptureHost.Path())).Dispose();

        Assert.False(host.Health.Ready);
        Assert.Equal("storage_failed", host.Health.State);
    }
}
