namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Files that are part of this library.</summary>
internal static class Assets
{
    /// <summary>A file's text.</summary>
    public static string Text(string name)
    {
        using var reader = new StreamReader(typeof(Assets).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
