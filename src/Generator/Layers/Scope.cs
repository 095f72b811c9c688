using System.Globalization;

namespace DlGen.Layers;

/// <summary>
/// Where layers get their names: the network itself or one call of a helper method, with a count per kind. A [Shared] method enters a fresh
/// scope of the same path at every call, so that its layers find the same parameters.
/// </summary>
internal sealed class Scope
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);

    private Scope(string path, bool frozen, Initializer? init, bool isFixed)
    {
        Path = path;
        Frozen = frozen;
        Init = init;
        IsFixed = isFixed;
    }

    /// <summary>"stage_1.residual_2", or empty for the network itself.</summary>
    public string Path { get; }

    public string Prefix => Path.Length == 0 ? "" : Path + ".";

    /// <summary>Whether parameters made here get no gradient.</summary>
    public bool Frozen { get; }

    /// <summary>How weights made here start, unless the layer says.</summary>
    public Initializer? Init { get; }

    /// <summary>Whether it belongs to another model that is used as it predicts: frozen, without dropout, its running statistics as they are.</summary>
    public bool IsFixed { get; }

    public static Scope Root(bool frozen, Initializer? init) => new("", frozen, init, isFixed: false);

    /// <summary>The scope of a call made from this one.</summary>
    public Scope Enter(string path, bool frozen, Initializer? init, bool isFixed = false) => new(path, Frozen || frozen, init ?? Init, IsFixed || isFixed);

    /// <summary>The path of what has one set of parameters however often it is called; <paramref name="key"/> tells those of one name apart.</summary>
    public string Shared(string key, string kind, string name)
    {
        if (!shared.TryGetValue(key, out string? known)) shared.Add(key, known = Prefix + Claim(kind, name));
        return known;
    }

    /// <summary>The fixed name, or the kind with the next free count.</summary>
    public string Claim(string kind, string? name)
    {
        if (name is not null)
        {
            if (name.Length == 0 || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
                throw new LayerException($"the name \"{name}\" must consist of letters, digits and '_': it becomes part of the parameters' names");
            return names.Add(name) ? name : throw new LayerException($"the name \"{name}\" is already taken{(Path.Length == 0 ? "" : " in " + Path)}; choose another");
        }
        while (true)
        {
            int count = counts.TryGetValue(kind, out int seen) ? seen + 1 : 1;
            counts[kind] = count;
            string next = kind + "_" + count.ToString(CultureInfo.InvariantCulture);
            if (names.Add(next)) return next;
        }
    }
}
