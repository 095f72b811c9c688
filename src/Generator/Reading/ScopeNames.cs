using System.Text;

namespace DlGen.Reading;

/// <summary>Scopes are named after methods and models, as PyTorch names its modules.</summary>
internal static class ScopeNames
{
    /// <summary>FeedForward → feed_forward, MLP → mlp, UNetLevel → u_net_level.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
