using System.Globalization;

namespace DlGen.Gpu;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        dlgen-gpu check [--device N] [--cases FOLDER] [--without-tall]
            trains and predicts on the GPU and on the processor, and compares;
            --cases also runs single kernels, which DLGEN_EXPORT_CASES=FOLDER let the tests write
            --without-tall leaves buffers beyond 2 GiB out, which take minutes of the processor
        dlgen-gpu bench [--device N] [--python PATH] [--without-peer] [--quick] [--profile]
            times training steps, tokens and kernels, beside PyTorch where there is one
            --quick spares PyTorch its search for kernels, which takes minutes; --profile tells every kernel's time
        Exit codes: 0, 1 if something differs, 2 for wrong arguments, 3 if no model can run on a GPU here.
        """;

    public required bool Checks { get; init; }

    public int Device { get; private set; }

    public string? Cases { get; private set; }

    public bool Tall { get; private set; } = true;

    public string Python { get; private set; } = "python3";

    public bool HasPeer { get; private set; } = true;

    public bool Quick { get; private set; }

    public bool Profile { get; private set; }

    /// <summary>Null where the arguments are not those of <see cref="Usage"/>.</summary>
    public static Options? Parse(ReadOnlySpan<string> arguments)
    {
        if (arguments is not ["check" or "bench", ..]) return null;
        var options = new Options { Checks = arguments[0] == "check" };
        for (int i = 1; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i], options.Checks)
            {
                case ("--device", _) when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int device): options.Device = device; i++; break;
                case ("--cases", true) when value is not null: options.Cases = value; i++; break;
                case ("--without-tall", true): options.Tall = false; break;
                case ("--python", false) when value is not null: options.Python = value; i++; break;
                case ("--without-peer", false): options.HasPeer = false; break;
                case ("--quick", false): options.Quick = true; break;
                case ("--profile", false): options.Profile = true; break;
                default: return null;
            }
        }

        return options;
    }
}
