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
    private protected Tokenizer()
    {
    }

    /// <summary>The number of ids, which are 0 to Vocabulary - 1. The model's own vocabulary may be larger, never smaller.</summary>
    public abstract int Vocabulary { get; }

    /// <summary>The ids of a text. A half of a surrogate pair that stands alone is no character, and counts as U+FFFD, as in .NET's UTF-8.</summary>
    /// <param name="text">The text; empty gives no ids.</param>
    /// <exception cref="UnknownCharacterException">A <see cref="CharacterTokenizer"/> does not have one of the characters.</exception>
    public abstract int[] Encode(string text);

    /// <summary>The text of ids. Bytes that are no UTF-8, which ids of a <see cref="BytePairTokenizer"/> may be in an order that no text has, become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <exception cref="TokenRangeException">An id is none of the tokenizer's.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length));
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)Vocabulary)
                throw Unknown(string.Create(CultureInfo.InvariantCulture, $"The id {ids[i]} at position {i}"));
            Append(ids[i], bytes);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The text of one id. A part of a character becomes U+FFFD; where ids come one after the other, take <see cref="GetDecoder"/>.</summary>
    /// <param name="id">From 0 to <see cref="Vocabulary"/> - 1.</param>
    /// <exception cref="TokenRangeException">The id is none of the tokenizer's.</exception>
    public string Decode(int id)
    {
        var bytes = new ArrayBufferWriter<byte>(16);
        AppendChecked(id, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Makes text of ids that come one after the other, each character as soon as it is whole: for output while a model writes.</summary>
    public TokenDecoder GetDecoder() => new(this);

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

    /// <summary>Appends the UTF-8 bytes of an id, which is one of the tokenizer's.</summary>
    internal abstract void Append(int id, IBufferWriter<byte> bytes);

    internal void AppendChecked(int id, IBufferWriter<byte> bytes)
    {
        if ((uint)id >= (uint)Vocabulary)
            throw Unknown(string.Create(CultureInfo.InvariantCulture, $"The id {id}"));
        Append(id, bytes);
    }

    private TokenRangeException Unknown(string which)
        => new(string.Create(CultureInfo.InvariantCulture, $"{which} is none of the tokenizer's, which has the ids 0 to {Vocabulary - 1}. Is it the one that the model was trained with?"));
}
