using System.Buffers;
using System.Globalization;
using System.Text;
using DlGen.Files;

namespace DlGen;

/// <summary>Makes ids of a text and text of ids, for a model whose input is <see cref="TokensAttribute"/>: <see cref="CharacterTokenizer"/> with an id for each character,
/// <see cref="BytePairTokenizer"/> with ids for what occurs often together. It never changes; any number of threads may use it. A model is saved with its tokenizer by
/// <c>model.Save(path, tokenizer)</c>.</summary>
public abstract class Tokenizer
{
    private protected Tokenizer(SpecialTokens specials) => SpecialTokens = specials;

    /// <summary>The number of ids, which are 0 to Vocabulary - 1, those of <see cref="Specials"/> among them. The model's own vocabulary may be larger, never smaller.</summary>
    public int Vocabulary => SpecialTokens.Names.Count + TextIds;

    /// <summary>What the tokenizer was given ids for beside those of text, such as "&lt;pad&gt;" or "&lt;mask&gt;": their ids are 0, 1, … in this order, and those of text follow.</summary>
    public IReadOnlyList<string> Specials => SpecialTokens.Names;

    internal SpecialTokens SpecialTokens { get; }

    /// <summary>How many ids stand for text: the last ones.</summary>
    private protected abstract int TextIds { get; }

    /// <summary>The id of one of <see cref="Specials"/>.</summary>
    /// <param name="special">Its name, as it was given to Train.</param>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public int SpecialId(string special) => SpecialTokens.IdOf(special);

    /// <summary>The ids of a text, none of which is that of a special, whatever stands in the text. A half of a surrogate pair that stands alone is no character, and counts as U+FFFD, as in .NET's UTF-8.</summary>
    /// <param name="text">The text; empty gives no ids.</param>
    /// <exception cref="UnknownCharacterException">A <see cref="CharacterTokenizer"/> does not have one of the characters, and no special for those.</exception>
    public int[] Encode(string text) => Encode(text, specials: false);

    /// <summary>The ids of a text in which names of <see cref="Specials"/> may stand for their ids: <c>Encode("&lt;start&gt;" + line + "&lt;end&gt;", specials: true)</c>. Take it for text of your own, not for what others wrote.</summary>
    /// <param name="text">The text; empty gives no ids.</param>
    /// <param name="specials">Whether such a name is a special. Where one begins with another, the longest counts.</param>
    /// <exception cref="UnknownCharacterException">A <see cref="CharacterTokenizer"/> does not have one of the characters, and no special for those.</exception>
    public int[] Encode(string text, bool specials)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length);
        int from = 0;
        foreach (var found in specials ? SpecialTokens.In(text) : [])
        {
            Encode(text.AsSpan(from, found.At - from), from, ids);
            ids.Add(found.Id);
            from = found.At + Specials[found.Id].Length;
        }

        Encode(text.AsSpan(from), from, ids);
        return [.. ids];
    }

    /// <summary>The text of ids. Bytes that are no UTF-8, which ids of a <see cref="BytePairTokenizer"/> may be in an order that no text has, become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="showSpecials">Whether ids of <see cref="Specials"/> give their names; else they give nothing.</param>
    /// <exception cref="TokenRangeException">An id is none of the tokenizer's.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool showSpecials = false)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length));
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)Vocabulary)
                throw Unknown(string.Create(CultureInfo.InvariantCulture, $"The id {ids[i]} at position {i}"));
            Append(ids[i], bytes, showSpecials);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The text of one id. A part of a character becomes U+FFFD; where ids come one after the other, take <see cref="GetDecoder"/>.</summary>
    /// <param name="id">From 0 to <see cref="Vocabulary"/> - 1.</param>
    /// <param name="showSpecials">Whether an id of <see cref="Specials"/> gives its name; else it gives nothing.</param>
    /// <exception cref="TokenRangeException">The id is none of the tokenizer's.</exception>
    public string Decode(int id, bool showSpecials = false)
    {
        var bytes = new ArrayBufferWriter<byte>(16);
        AppendChecked(id, bytes, showSpecials);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Makes text of ids that come one after the other, each character as soon as it is whole: for output while a model writes.</summary>
    /// <param name="showSpecials">Whether ids of <see cref="Specials"/> give their names; else they give nothing.</param>
    public TokenDecoder GetDecoder(bool showSpecials = false) => new(this, showSpecials);

    /// <summary>The tokenizer that a model was saved with. Only the header of the file is read, under every rule that holds for model files.</summary>
    /// <param name="path">A safetensors file, written by <c>model.Save(path, tokenizer)</c>.</param>
    /// <exception cref="ModelFileException">The file breaks a rule, or there is no tokenizer in it.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        return Load(file);
    }

    /// <summary>The tokenizer that a model was saved with, from the header of its safetensors bytes. Those behind it are not read.</summary>
    /// <param name="stream">A readable stream; where it can seek, its length is checked too.</param>
    /// <exception cref="ModelFileException">The bytes break a rule, or there is no tokenizer in them.</exception>
    public static Tokenizer Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        SafetensorsReader.ReadHeader(stream, stream.CanSeek ? stream.Length - stream.Position : null, metadata);
        return TokenizerMetadata.Read(metadata);
    }

    internal void AppendChecked(int id, IBufferWriter<byte> bytes, bool showSpecials)
    {
        if ((uint)id >= (uint)Vocabulary)
            throw Unknown(string.Create(CultureInfo.InvariantCulture, $"The id {id}"));
        Append(id, bytes, showSpecials);
    }

    /// <summary>Adds the ids of a text without specials.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where it stands in what the caller gave.</param>
    /// <param name="ids">Where they go, those of text <see cref="Specials"/> further than they are counted here.</param>
    private protected abstract void Encode(ReadOnlySpan<char> text, int position, List<int> ids);

    /// <summary>Appends the UTF-8 bytes of what an id stands for.</summary>
    /// <param name="textId">The id, from 0 to <see cref="TextIds"/> - 1.</param>
    /// <param name="bytes">Where they go.</param>
    private protected abstract void AppendText(int textId, IBufferWriter<byte> bytes);

    private void Append(int id, IBufferWriter<byte> bytes, bool showSpecials)
    {
        if (id >= Specials.Count)
            AppendText(id - Specials.Count, bytes);
        else if (showSpecials)
            Encoding.UTF8.GetBytes(Specials[id], bytes);
    }

    private TokenRangeException Unknown(string which)
        => new(string.Create(CultureInfo.InvariantCulture, $"{which} is none of the tokenizer's, which has the ids 0 to {Vocabulary - 1}. Is it the one that the model was trained with?"));
}
