namespace AuxLossRnn.Figures;

/// <summary>Something that a notebook shows as HTML.</summary>
public interface IHtml
{
    /// <summary>The HTML, complete in itself: a fragment that may stand anywhere in a page.</summary>
    string ToHtml();
}
