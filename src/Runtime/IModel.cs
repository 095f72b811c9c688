namespace DlGen;

/// <summary>What every generated model can do, whatever its inputs and outputs.</summary>
public interface IModel
{
    /// <summary>The parameters by name.</summary>
    ParameterSet Parameters { get; }

    /// <summary>Writes the parameters to a safetensors file, atomically: the file is either the old one or the whole new one.</summary>
    /// <param name="path">Where the file stands afterwards.</param>
    /// <param name="tokenizer">Saved with them, if given: <see cref="Tokenizer.Load(string)"/> reads it from the same file.</param>
    void Save(string path, Tokenizer? tokenizer = null);
}
