using DlGen.Gpu;

namespace DlGen.Tests.Runner;

public class OptionsTests
{
    [Fact]
    public void A_command_line_is_read()
    {
        var bench = Options.Parse(["bench", "--only", "steps,memory", "--quick", "--device", "1", "--python", "py"])!;
        Assert.Equal((Command.Bench, 1, "py", true, true, false), (bench.Command, bench.Device, bench.Python, bench.Quick, bench.HasPeer, bench.Profile));
        Assert.Equal(["steps", "memory"], bench.Only);
        Assert.Equal(Options.Groups, Options.Parse(["bench", "--without-peer"])!.Only);
        var cases = Options.Parse(["cases", "folder", "--device", "2"])!;
        Assert.Equal((Command.Cases, "folder", 2), (cases.Command, cases.Folder, cases.Device));
        Assert.Equal((Command.Check, false), (Options.Parse(["check", "--without-tall"])!.Command, Options.Parse(["check", "--without-tall"])!.Tall));
    }

    [Theory, InlineData(""), InlineData("bench --only steps,other"), InlineData("bench --only"), InlineData("cases"), InlineData("check --quick"), InlineData("check --device -1"), InlineData("time")]
    public void What_it_does_not_know_is_refused(string line) => Assert.Null(Options.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Each group is in the usage.</summary>
    [Fact]
    public void The_usage_names_every_group() => Assert.All(Options.Groups, group => Assert.Contains(group, Options.Usage, StringComparison.Ordinal));
}
