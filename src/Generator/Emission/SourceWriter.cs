using System.Text;

namespace DlGen.Emission;

/// <summary>
/// Writes indented source. A block owns its braces: <c>using (writer.Block("if (x)")) …</c>; raw strings are re-indented line by line. Lines end
/// in \n on every machine, and the indentation must be back at 0 when the text is taken.
/// </summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder text = new();
    private int indentation;

    public SourceWriter Line(string line = "")
    {
        foreach (string part in line.Split('\n'))
        {
            string trimmed = part.TrimEnd('\r');
            if (trimmed.Length > 0) text.Append(' ', 4 * indentation).Append(trimmed);
            text.Append('\n');
        }
        return this;
    }

    /// <summary>The header line and its braces; disposing closes them.</summary>
    public BlockScope Block(string header, string close = "}")
    {
        if (header.Length > 0) Line(header);
        Line("{");
        indentation++;
        return new BlockScope(this, close);
    }

    /// <summary>Deeper by one step without braces, for arguments and cases.</summary>
    public BlockScope Indent()
    {
        indentation++;
        return new BlockScope(this, "");
    }

    public override string ToString()
        => indentation == 0 ? text.ToString() : throw new InvalidOperationException($"{indentation} blocks are still open");

    internal readonly struct BlockScope(SourceWriter writer, string close) : IDisposable
    {
        public void Dispose()
        {
            writer.indentation--;
            if (close.Length > 0) writer.Line(close);
        }
    }
}
