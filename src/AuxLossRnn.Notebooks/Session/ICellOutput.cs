namespace AuxLossRnn.Notebooks.Session;

/// <summary>Takes what a cell shows. Called from any thread, one call at a time for each session.</summary>
public interface ICellOutput
{
    /// <summary>Text of the console, as it is written.</summary>
    /// <param name="error">Whether it went to the error stream.</param>
    /// <param name="text">The text; lines may be broken anywhere.</param>
    void Write(bool error, string text);

    /// <summary>A value that the cell displays.</summary>
    /// <param name="value">The value in one or more formats.</param>
    /// <param name="displayId">The name under which it may be updated; null for never.</param>
    void Display(MimeBundle value, string? displayId);

    /// <summary>A displayed value's new look, in place of the old one, also from a later cell.</summary>
    /// <param name="value">The value.</param>
    /// <param name="displayId">The name it was displayed under.</param>
    void Update(MimeBundle value, string displayId);

    /// <summary>The value of the cell's last expression.</summary>
    /// <param name="value">The value.</param>
    void Result(MimeBundle value);
}
