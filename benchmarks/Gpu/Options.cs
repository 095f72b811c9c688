using System.Globalization;

namespace DlGen.Gpu;

/// <summary>What the program does.</summary>
internal enum Command
{
    Check,
    Cases,
    Bench,
}

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        dlgen-gpu check [--device N] [--without-tall]
            trains and predicts on the GPU and on the processor, and compares
            --without-tall leaves buffers beyond 2 GiB out, which take minutes of the processor
        dlgen-gpu cases FOLDER [--device N]
            runs single kernels, which DLGEN_EXPORT_CASES=FOLDER let the tests write, and compares with the emulator
        dlgen-gpu bench [--device N] [--only GROUP,...] [--python PATH] [--without-peer] [--quick] [--profile]
            times training steps, tokens and kernels, beside PyTorch where there is one
            --only times some of the groups steps, tokens, loops, memory, products, matrices
            --quick spares PyTorch its search for kernels, which takes minutes; --profile tells every kernel's time
        Exit codes: 0, 1 if something differs, 2 for wrong arguments, 3 if no model can run on a GPU here.
        """;

    /// <summary>The parts of the benchmark, by the names that peer.py has too.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["steps", "tokens", OursAlone, "memory", "products", "matrices"];

    /// <summary>The group that PyTorch's side does not have: it can't run rounds by themselves.</summary>
    public const string OursAlone = "loops";

    public required Command Command { get; init; }

    public int Device { get; private set; }

    /// <summary>The folder of <see cref="Command.Cases"/>.</summary>
    public string Folder { get; private init; } = "";

    public bool Tall { get; private set; } = true;

    /// <summary>Those of <see cref="Groups"/> that are timed.</summary>
    public IReadOnlyList<string> Only { get; private set; } = Groups;

    public string Python { get; private set; } = "python3";

    public bool HasPeer { get; private set; } = true;

    public bool Quick { get; private set; }

    public bool Profile { get; private set; }

    /// <summary>Null where the arguments are not those of <see cref="Usage"/>.</summary>
    public static Options? Parse(ReadOnlySpan<string> arguments) => arguments switch
    {
        ["check", .. var rest] => new Options { Command = Command.Check }.With(rest),
        ["cases", var folder, .. var rest] => new Options { Command = Command.Cases, Folder = folder }.With(rest),
        ["bench", .. var rest] => new Options { Command = Command.Bench }.With(rest),
        _ => null,
    };

    private Options? With(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i], Command)
            {
                case ("--device", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int device): Device = device; i++; break;
                case ("--without-tall", Command.Check): Tall = false; break;
                case ("--only", Command.Bench) when value?.Split(',') is { } groups && groups.All(Groups.Contains): Only = groups; i++; break;
                case ("--python", Command.Bench) when value is not null: Python = value; i++; break;
                case ("--without-peer", Command.Bench): HasPeer = false; break;
                case ("--quick", Command.Bench): Quick = true; break;
                case ("--profile", Command.Bench): Profile = true; break;
                default: return null;
            }
        }

        return this;
    }
}
