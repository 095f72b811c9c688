using DlGen.Cpu;
using DlGen.Lowering;

namespace DlGen.Emission;

/// <summary>
/// A schedule for experiments as text, from the build property DlGenSchedule: "shardRows=32 teamRows=4 winograd=no tiles512=12x2+8x2+4x4+1x8 residentBytes=524288". What is not named
/// stays as the cost model has it.
/// </summary>
internal static class ScheduleText
{
    public const string Property = "build_property.DlGenSchedule";

    /// <summary>What a text says, or what is wrong with it.</summary>
    public static bool TryParse(string text, out EmitOptions options, out string mistake)
    {
        (options, mistake) = (new EmitOptions(), "");
        try
        {
            options = Parse(text);
            return true;
        }
        catch (FormatException wrong)
        {
            mistake = wrong.Message;
            return false;
        }
    }

    private static EmitOptions Parse(string text)
    {
        var options = new EmitOptions(Lowering: new LoweringOptions());
        foreach (string choice in text.Split(' ').Where(choice => choice.Length > 0))
        {
            int equals = choice.IndexOf('=');
            string name = equals < 0 ? choice : choice.Substring(0, equals), value = equals < 0 ? "" : choice.Substring(equals + 1);
            options = name switch
            {
                "shardRows" => options with { Lowering = options.Lowering! with { ShardRows = Count(name, value) } },
                "teamRows" => options with { Lowering = options.Lowering! with { TeamRows = Count(name, value) } },
                "winograd" => options with { Lowering = options.Lowering! with { Winograd = Flag(name, value) } },
                "residentBytes" => options with { Cpu = options.Cpu with { ResidentBytes = Count(name, value) } },
                "tiles512" => options with { Cpu = options.Cpu with { Tiles512 = CpuSchedule.Shapes(value) } },
                "tiles256" => options with { Cpu = options.Cpu with { Tiles256 = CpuSchedule.Shapes(value) } },
                "tiles128" => options with { Cpu = options.Cpu with { Tiles128 = CpuSchedule.Shapes(value) } },
                _ => throw new FormatException($"DlGenSchedule has no '{name}'; there are shardRows, teamRows, winograd, residentBytes, tiles512, tiles256, tiles128"),
            };
        }
        return options;
    }

    private static int Count(string name, string value) => int.TryParse(value, out int count) && count > 0 ? count
        : throw new FormatException($"DlGenSchedule: {name}={value} is no number above 0");

    private static bool Flag(string name, string value) => value is "yes" or "no" ? value == "yes" : throw new FormatException($"DlGenSchedule: {name}={value} is neither yes nor no");
}
