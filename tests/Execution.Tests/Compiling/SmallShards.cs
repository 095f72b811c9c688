using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DlGen.Emission;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DlGen.Tests.Compiling;

/// <summary>
/// The build property that gives shards few rows, in networks of any size: several shards, tails within them and borders off the rows of a register tile then cost
/// a few rows. What ships has more, a number that no result but statistics over the batch depends on.
/// </summary>
internal sealed class SmallShards : AnalyzerConfigOptionsProvider
{
    public const int Rows = 7;

    private readonly Properties properties = new();

    public override AnalyzerConfigOptions GlobalOptions => properties;

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => properties;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => properties;

    private sealed class Properties : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = key == ScheduleText.Property ? "shardRows=" + Rows.ToString(CultureInfo.InvariantCulture) : null;
            return value is not null;
        }
    }
}
